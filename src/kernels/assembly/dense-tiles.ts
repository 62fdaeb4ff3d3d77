// Written by `node dist/scripts/operation-code.js` from scripts/support/tile-code.ts: change it there.
import { storeLane0, storeLeaky, storePair } from './tile-parts';
import { madd, splat, splatAt, zero } from './vector';

// forwardTile: height units × 8 examples; w at the first unit, weights of the next input a stride on.

export function forwardTile6(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3; let a4 = splatAt(bias + 16), b4 = a4; let a5 = splatAt(bias + 20), b5 = a5;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(w + 20); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 160, a5, b5, slopes); storeLeaky(out + 128, a4, b4, slopes); storeLeaky(out + 96, a3, b3, slopes); storeLeaky(out + 64, a2, b2, slopes); storeLeaky(out + 32, a1, b1, slopes); storeLeaky(out + 0, a0, b0, slopes);
}

export function forwardTile5(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3; let a4 = splatAt(bias + 16), b4 = a4;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 128, a4, b4, slopes); storeLeaky(out + 96, a3, b3, slopes); storeLeaky(out + 64, a2, b2, slopes); storeLeaky(out + 32, a1, b1, slopes); storeLeaky(out + 0, a0, b0, slopes);
}

export function forwardTile4(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2; let a3 = splatAt(bias + 12), b3 = a3;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 96, a3, b3, slopes); storeLeaky(out + 64, a2, b2, slopes); storeLeaky(out + 32, a1, b1, slopes); storeLeaky(out + 0, a0, b0, slopes);
}

export function forwardTile3(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1; let a2 = splatAt(bias + 8), b2 = a2;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 64, a2, b2, slopes); storeLeaky(out + 32, a1, b1, slopes); storeLeaky(out + 0, a0, b0, slopes);
}

export function forwardTile2(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0; let a1 = splatAt(bias + 4), b1 = a1;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 32, a1, b1, slopes); storeLeaky(out + 0, a0, b0, slopes);
}

export function forwardTile1(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = splatAt(bias + 0), b0 = a0;
  for (; inputs > 0; inputs--) {
    const u = v128.load(x), v = v128.load(x + 16);
    const s0 = splatAt(w + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 0, a0, b0, slopes);
}

// wideTile: height panels of 8 examples × one unit: sums enough to hide the latency that one pair would wait for.

export function wideTile4(x: usize, xs: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  let x0 = x + 0 * xs, a0 = splatAt(bias), b0 = a0; let x1 = x + 1 * xs, a1 = splatAt(bias), b1 = a1; let x2 = x + 2 * xs, a2 = splatAt(bias), b2 = a2; let x3 = x + 3 * xs, a3 = splatAt(bias), b3 = a3;
  for (; inputs > 0; inputs--) {
    const s = splatAt(w);
    a0 = madd(s, v128.load(x0), a0); b0 = madd(s, v128.load(x0 + 16), b0); x0 += 32; a1 = madd(s, v128.load(x1), a1); b1 = madd(s, v128.load(x1 + 16), b1); x1 += 32; a2 = madd(s, v128.load(x2), a2); b2 = madd(s, v128.load(x2 + 16), b2); x2 += 32; a3 = madd(s, v128.load(x3), a3); b3 = madd(s, v128.load(x3 + 16), b3); x3 += 32;
    w += stride;
  }
  const slopes = splat(slope);
  storeLeaky(out + 3 * os, a3, b3, slopes); storeLeaky(out + 2 * os, a2, b2, slopes); storeLeaky(out + 1 * os, a1, b1, slopes); storeLeaky(out + 0 * os, a0, b0, slopes);
}

// rowTile: height × 4 units for the example in lane 0; w at the first unit, weights of the next input a stride on.

export function rowTile8(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32); let a3 = v128.load(bias + 48); let a4 = v128.load(bias + 64); let a5 = v128.load(bias + 80); let a6 = v128.load(bias + 96); let a7 = v128.load(bias + 112);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2); a3 = madd(v128.load(w + 48), u, a3); a4 = madd(v128.load(w + 64), u, a4); a5 = madd(v128.load(w + 80), u, a5); a6 = madd(v128.load(w + 96), u, a6); a7 = madd(v128.load(w + 112), u, a7);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 896, a7, slopes); storeLane0(out + 768, a6, slopes); storeLane0(out + 640, a5, slopes); storeLane0(out + 512, a4, slopes); storeLane0(out + 384, a3, slopes); storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile7(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32); let a3 = v128.load(bias + 48); let a4 = v128.load(bias + 64); let a5 = v128.load(bias + 80); let a6 = v128.load(bias + 96);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2); a3 = madd(v128.load(w + 48), u, a3); a4 = madd(v128.load(w + 64), u, a4); a5 = madd(v128.load(w + 80), u, a5); a6 = madd(v128.load(w + 96), u, a6);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 768, a6, slopes); storeLane0(out + 640, a5, slopes); storeLane0(out + 512, a4, slopes); storeLane0(out + 384, a3, slopes); storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile6(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32); let a3 = v128.load(bias + 48); let a4 = v128.load(bias + 64); let a5 = v128.load(bias + 80);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2); a3 = madd(v128.load(w + 48), u, a3); a4 = madd(v128.load(w + 64), u, a4); a5 = madd(v128.load(w + 80), u, a5);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 640, a5, slopes); storeLane0(out + 512, a4, slopes); storeLane0(out + 384, a3, slopes); storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile5(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32); let a3 = v128.load(bias + 48); let a4 = v128.load(bias + 64);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2); a3 = madd(v128.load(w + 48), u, a3); a4 = madd(v128.load(w + 64), u, a4);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 512, a4, slopes); storeLane0(out + 384, a3, slopes); storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile4(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32); let a3 = v128.load(bias + 48);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2); a3 = madd(v128.load(w + 48), u, a3);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 384, a3, slopes); storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile3(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16); let a2 = v128.load(bias + 32);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1); a2 = madd(v128.load(w + 32), u, a2);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 256, a2, slopes); storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile2(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0); let a1 = v128.load(bias + 16);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0); a1 = madd(v128.load(w + 16), u, a1);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 128, a1, slopes); storeLane0(out + 0, a0, slopes);
}

export function rowTile1(x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  let a0 = v128.load(bias + 0);
  for (; inputs > 0; inputs--) {
    const u = splatAt(x);
    a0 = madd(v128.load(w + 0), u, a0);
    x += 32; w += stride;
  }
  const slopes = splat(slope);
  storeLane0(out + 0, a0, slopes);
}

// inputTile: height inputs × 8 examples; w at the first unit of the first input, rows of weights a stride apart.

export function inputTile6(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero(); let a5 = zero(), b5 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16); a5 = v128.load(dx + 160); b5 = v128.load(dx + 160 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * stride); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * stride); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * stride); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * stride); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(w + 5 * stride); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4); storePair(dx + 160, a5, b5);
}

export function inputTile5(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * stride); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * stride); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * stride); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * stride); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4);
}

export function inputTile4(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * stride); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * stride); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * stride); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3);
}

export function inputTile3(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * stride); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * stride); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2);
}

export function inputTile2(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * stride); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1);
}

export function inputTile1(dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * stride); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0);
}

// inputTileOf96: height inputs × 8 examples; w at the first unit of the first input, rows of weights a stride apart.

export function inputTileOf966(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero(); let a5 = zero(), b5 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16); a5 = v128.load(dx + 160); b5 = v128.load(dx + 160 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * 384); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * 384); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * 384); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * 384); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * 384); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(w + 5 * 384); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4); storePair(dx + 160, a5, b5);
}

export function inputTileOf965(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * 384); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * 384); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * 384); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * 384); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * 384); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4);
}

// inputTileOf64: height inputs × 8 examples; w at the first unit of the first input, rows of weights a stride apart.

export function inputTileOf646(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero(); let a5 = zero(), b5 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16); a5 = v128.load(dx + 160); b5 = v128.load(dx + 160 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * 256); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * 256); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * 256); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * 256); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * 256); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(w + 5 * 256); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4); storePair(dx + 160, a5, b5);
}

export function inputTileOf645(dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero();
  if (resume) {
    a0 = v128.load(dx + 0); b0 = v128.load(dx + 0 + 16); a1 = v128.load(dx + 32); b1 = v128.load(dx + 32 + 16); a2 = v128.load(dx + 64); b2 = v128.load(dx + 64 + 16); a3 = v128.load(dx + 96); b3 = v128.load(dx + 96 + 16); a4 = v128.load(dx + 128); b4 = v128.load(dx + 128 + 16);
  }
  for (; units > 0; units--) {
    const u = v128.load(dz), v = v128.load(dz + 16);
    const s0 = splatAt(w + 0 * 256); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(w + 1 * 256); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(w + 2 * 256); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(w + 3 * 256); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(w + 4 * 256); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    dz += 32; w += 4;
  }
  storePair(dx + 0, a0, b0); storePair(dx + 32, a1, b1); storePair(dx + 64, a2, b2); storePair(dx + 96, a3, b3); storePair(dx + 128, a4, b4);
}
