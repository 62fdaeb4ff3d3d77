// Written by `node dist/scripts/operation-code.js` from scripts/support/tile-code.ts: change it there.
import { storeLeaky, storePair } from './tile-parts';
import { madd, splat, splatAt } from './vector';
import { Windows, cornersOf, tapCount, tapsOf, windowCount } from './windows';

// convolveTile: height filters × 8 examples at every window; rows of the output are filters.

export function convolveTile6(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3; let a4 = splatAt(bias + 16), b4 = a4; let a5 = splatAt(bias + 20), b5 = a5;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(weight + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(weight + 20); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
      weight += stride;
    }
    let to = out + (6 - 1) * outStride;
    storeLeaky(to, a5, b5, slopes); to -= outStride; storeLeaky(to, a4, b4, slopes); to -= outStride; storeLeaky(to, a3, b3, slopes); to -= outStride; storeLeaky(to, a2, b2, slopes); to -= outStride; storeLeaky(to, a1, b1, slopes); to -= outStride; storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

export function convolveTile5(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3; let a4 = splatAt(bias + 16), b4 = a4;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(weight + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
      weight += stride;
    }
    let to = out + (5 - 1) * outStride;
    storeLeaky(to, a4, b4, slopes); to -= outStride; storeLeaky(to, a3, b3, slopes); to -= outStride; storeLeaky(to, a2, b2, slopes); to -= outStride; storeLeaky(to, a1, b1, slopes); to -= outStride; storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

export function convolveTile4(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3);
      weight += stride;
    }
    let to = out + (4 - 1) * outStride;
    storeLeaky(to, a3, b3, slopes); to -= outStride; storeLeaky(to, a2, b2, slopes); to -= outStride; storeLeaky(to, a1, b1, slopes); to -= outStride; storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

export function convolveTile3(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
      weight += stride;
    }
    let to = out + (3 - 1) * outStride;
    storeLeaky(to, a2, b2, slopes); to -= outStride; storeLeaky(to, a1, b1, slopes); to -= outStride; storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

export function convolveTile2(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
      weight += stride;
    }
    let to = out + (2 - 1) * outStride;
    storeLeaky(to, a1, b1, slopes); to -= outStride; storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

export function convolveTile1(x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  const slopes = splat(slope);
  const taps = tapsOf(g), tapsEnd = taps + (<usize>tapCount(g) << 2);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a0 = splatAt(bias + 0), b0 = a0;
    let weight = w;
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      const at = from + load<u32>(tap);
      const u = v128.load(at), v = v128.load(at + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
      weight += stride;
    }
    let to = out + (1 - 1) * outStride;
    storeLeaky(to, a0, b0, slopes); to -= outStride;
  }
}

// convolveInputTile: height taps × 8 examples at every window; `tap` lists their offsets, packed[filters][height] their weights.

export function convolveInputTile6(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0); const t1 = image + load<u32>(tap + 4); const t2 = image + load<u32>(tap + 8); const t3 = image + load<u32>(tap + 12); const t4 = image + load<u32>(tap + 16); const t5 = image + load<u32>(tap + 20);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16); let a1 = v128.load(t1 + corner), b1 = v128.load(t1 + corner + 16); let a2 = v128.load(t2 + corner), b2 = v128.load(t2 + corner + 16); let a3 = v128.load(t3 + corner), b3 = v128.load(t3 + corner + 16); let a4 = v128.load(t4 + corner), b4 = v128.load(t4 + corner + 16); let a5 = v128.load(t5 + corner), b5 = v128.load(t5 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(weight + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(weight + 20); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
      row += rowBytes; weight += 6 << 2;
    }
    storePair(t5 + corner, a5, b5); storePair(t4 + corner, a4, b4); storePair(t3 + corner, a3, b3); storePair(t2 + corner, a2, b2); storePair(t1 + corner, a1, b1); storePair(t0 + corner, a0, b0);
  }
}

export function convolveInputTile5(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0); const t1 = image + load<u32>(tap + 4); const t2 = image + load<u32>(tap + 8); const t3 = image + load<u32>(tap + 12); const t4 = image + load<u32>(tap + 16);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16); let a1 = v128.load(t1 + corner), b1 = v128.load(t1 + corner + 16); let a2 = v128.load(t2 + corner), b2 = v128.load(t2 + corner + 16); let a3 = v128.load(t3 + corner), b3 = v128.load(t3 + corner + 16); let a4 = v128.load(t4 + corner), b4 = v128.load(t4 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(weight + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
      row += rowBytes; weight += 5 << 2;
    }
    storePair(t4 + corner, a4, b4); storePair(t3 + corner, a3, b3); storePair(t2 + corner, a2, b2); storePair(t1 + corner, a1, b1); storePair(t0 + corner, a0, b0);
  }
}

export function convolveInputTile4(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0); const t1 = image + load<u32>(tap + 4); const t2 = image + load<u32>(tap + 8); const t3 = image + load<u32>(tap + 12);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16); let a1 = v128.load(t1 + corner), b1 = v128.load(t1 + corner + 16); let a2 = v128.load(t2 + corner), b2 = v128.load(t2 + corner + 16); let a3 = v128.load(t3 + corner), b3 = v128.load(t3 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(weight + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3);
      row += rowBytes; weight += 4 << 2;
    }
    storePair(t3 + corner, a3, b3); storePair(t2 + corner, a2, b2); storePair(t1 + corner, a1, b1); storePair(t0 + corner, a0, b0);
  }
}

export function convolveInputTile3(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0); const t1 = image + load<u32>(tap + 4); const t2 = image + load<u32>(tap + 8);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16); let a1 = v128.load(t1 + corner), b1 = v128.load(t1 + corner + 16); let a2 = v128.load(t2 + corner), b2 = v128.load(t2 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(weight + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
      row += rowBytes; weight += 3 << 2;
    }
    storePair(t2 + corner, a2, b2); storePair(t1 + corner, a1, b1); storePair(t0 + corner, a0, b0);
  }
}

export function convolveInputTile2(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0); const t1 = image + load<u32>(tap + 4);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16); let a1 = v128.load(t1 + corner), b1 = v128.load(t1 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(weight + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
      row += rowBytes; weight += 2 << 2;
    }
    storePair(t1 + corner, a1, b1); storePair(t0 + corner, a0, b0);
  }
}

export function convolveInputTile1(dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  const rowBytes = <usize>windowCount(g) << 5;
  const t0 = image + load<u32>(tap + 0);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32) {
    const corner = load<u32>(corners);
    let a0 = v128.load(t0 + corner), b0 = v128.load(t0 + corner + 16);
    let row = dz, weight = packed;
    for (let f = filters; f > 0; f--) {
      const u = v128.load(row), v = v128.load(row + 16);
      const s0 = splatAt(weight + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
      row += rowBytes; weight += 1 << 2;
    }
    storePair(t0 + corner, a0, b0);
  }
}

// convolveWeightTile: height taps × 2 filters over all windows of a panel, added to their octets at `out`, taps a stride apart.

export function convolveWeightTile3(x: usize, tap: usize, g: Windows, f0: usize, f1: usize, out: usize, stride: usize): void {
  const x0 = x + load<u32>(tap + 0), o0 = out + 0 * stride; const x1 = x + load<u32>(tap + 4), o1 = out + 1 * stride; const x2 = x + load<u32>(tap + 8), o2 = out + 2 * stride;
  let a0 = v128.load(o0), b0 = v128.load(o0 + 32), c0 = v128.load(o0 + 16), d0 = v128.load(o0 + 48); let a1 = v128.load(o1), b1 = v128.load(o1 + 32), c1 = v128.load(o1 + 16), d1 = v128.load(o1 + 48); let a2 = v128.load(o2), b2 = v128.load(o2 + 32), c2 = v128.load(o2 + 16), d2 = v128.load(o2 + 48);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, f0 += 32, f1 += 32) {
    const corner = load<u32>(corners);
    const u = v128.load(f0), v = v128.load(f1);
    const s0 = v128.load(x0 + corner); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = v128.load(x1 + corner); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = v128.load(x2 + corner); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
    const y = v128.load(f0 + 16), z = v128.load(f1 + 16);
    const r0 = v128.load(x0 + corner + 16); c0 = madd(r0, y, c0); d0 = madd(r0, z, d0); const r1 = v128.load(x1 + corner + 16); c1 = madd(r1, y, c1); d1 = madd(r1, z, d1); const r2 = v128.load(x2 + corner + 16); c2 = madd(r2, y, c2); d2 = madd(r2, z, d2);
  }
  v128.store(o0, a0); v128.store(o0 + 32, b0); v128.store(o1, a1); v128.store(o1 + 32, b1); v128.store(o2, a2); v128.store(o2 + 32, b2);
  v128.store(o0 + 16, c0); v128.store(o0 + 48, d0); v128.store(o1 + 16, c1); v128.store(o1 + 48, d1); v128.store(o2 + 16, c2); v128.store(o2 + 48, d2);
}

export function convolveWeightTile2(x: usize, tap: usize, g: Windows, f0: usize, f1: usize, out: usize, stride: usize): void {
  const x0 = x + load<u32>(tap + 0), o0 = out + 0 * stride; const x1 = x + load<u32>(tap + 4), o1 = out + 1 * stride;
  let a0 = v128.load(o0), b0 = v128.load(o0 + 32), c0 = v128.load(o0 + 16), d0 = v128.load(o0 + 48); let a1 = v128.load(o1), b1 = v128.load(o1 + 32), c1 = v128.load(o1 + 16), d1 = v128.load(o1 + 48);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, f0 += 32, f1 += 32) {
    const corner = load<u32>(corners);
    const u = v128.load(f0), v = v128.load(f1);
    const s0 = v128.load(x0 + corner); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = v128.load(x1 + corner); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
    const y = v128.load(f0 + 16), z = v128.load(f1 + 16);
    const r0 = v128.load(x0 + corner + 16); c0 = madd(r0, y, c0); d0 = madd(r0, z, d0); const r1 = v128.load(x1 + corner + 16); c1 = madd(r1, y, c1); d1 = madd(r1, z, d1);
  }
  v128.store(o0, a0); v128.store(o0 + 32, b0); v128.store(o1, a1); v128.store(o1 + 32, b1);
  v128.store(o0 + 16, c0); v128.store(o0 + 48, d0); v128.store(o1 + 16, c1); v128.store(o1 + 48, d1);
}

export function convolveWeightTile1(x: usize, tap: usize, g: Windows, f0: usize, f1: usize, out: usize, stride: usize): void {
  const x0 = x + load<u32>(tap + 0), o0 = out + 0 * stride;
  let a0 = v128.load(o0), b0 = v128.load(o0 + 32), c0 = v128.load(o0 + 16), d0 = v128.load(o0 + 48);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, f0 += 32, f1 += 32) {
    const corner = load<u32>(corners);
    const u = v128.load(f0), v = v128.load(f1);
    const s0 = v128.load(x0 + corner); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
    const y = v128.load(f0 + 16), z = v128.load(f1 + 16);
    const r0 = v128.load(x0 + corner + 16); c0 = madd(r0, y, c0); d0 = madd(r0, z, d0);
  }
  v128.store(o0, a0); v128.store(o0 + 32, b0);
  v128.store(o0 + 16, c0); v128.store(o0 + 48, d0);
}
