// Written by `node dist/scripts/operation-code.js` from scripts/support/tile-code.ts: change it there.
import { addBlock, storeColumn, storePair } from './tile-parts';
import { madd, splatAt, zero } from './vector';

// weightTile: height inputs × 8 units over a multiple of 8 examples.

export function weightTile6(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero(); let a5 = zero(), b5 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 32); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 64); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(x + 96); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(x + 128); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(x + 160); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride; storePair(out, a3, b3); out += stride; storePair(out, a4, b4); out += stride; storePair(out, a5, b5); out += stride;
}

export function weightTile5(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 32); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 64); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(x + 96); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(x + 128); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride; storePair(out, a3, b3); out += stride; storePair(out, a4, b4); out += stride;
}

export function weightTile4(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 32); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 64); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(x + 96); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride; storePair(out, a3, b3); out += stride;
}

export function weightTile3(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 32); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 64); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride;
}

export function weightTile2(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 32); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride;
}

export function weightTile1(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero();
  while (examples > 0) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0);
    packed += 32; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  storePair(out, a0, b0); out += stride;
}

// narrowTile: height inputs × 4 units, the last of a panel when its width is no multiple of 8.

export function narrowTile6(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(); let a1 = zero(); let a2 = zero(); let a3 = zero(); let a4 = zero(); let a5 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0); a1 = madd(splatAt(x + 32), u, a1); a2 = madd(splatAt(x + 64), u, a2); a3 = madd(splatAt(x + 96), u, a3); a4 = madd(splatAt(x + 128), u, a4); a5 = madd(splatAt(x + 160), u, a5);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride; v128.store(out, a1); out += stride; v128.store(out, a2); out += stride; v128.store(out, a3); out += stride; v128.store(out, a4); out += stride; v128.store(out, a5); out += stride;
}

export function narrowTile5(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(); let a1 = zero(); let a2 = zero(); let a3 = zero(); let a4 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0); a1 = madd(splatAt(x + 32), u, a1); a2 = madd(splatAt(x + 64), u, a2); a3 = madd(splatAt(x + 96), u, a3); a4 = madd(splatAt(x + 128), u, a4);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride; v128.store(out, a1); out += stride; v128.store(out, a2); out += stride; v128.store(out, a3); out += stride; v128.store(out, a4); out += stride;
}

export function narrowTile4(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(); let a1 = zero(); let a2 = zero(); let a3 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0); a1 = madd(splatAt(x + 32), u, a1); a2 = madd(splatAt(x + 64), u, a2); a3 = madd(splatAt(x + 96), u, a3);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride; v128.store(out, a1); out += stride; v128.store(out, a2); out += stride; v128.store(out, a3); out += stride;
}

export function narrowTile3(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(); let a1 = zero(); let a2 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0); a1 = madd(splatAt(x + 32), u, a1); a2 = madd(splatAt(x + 64), u, a2);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride; v128.store(out, a1); out += stride; v128.store(out, a2); out += stride;
}

export function narrowTile2(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(); let a1 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0); a1 = madd(splatAt(x + 32), u, a1);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride; v128.store(out, a1); out += stride;
}

export function narrowTile1(x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero();
  while (examples > 0) {
    const u = v128.load(packed);
    a0 = madd(splatAt(x + 0), u, a0);
    packed += 16; examples--; x += examples & 7 ? 4 : xs - 28;
  }
  v128.store(out, a0); out += stride;
}

// packedTile: height inputs × 8 units, the inputs repacked by packRows, so that no panel ends.

export function packedTile6(x: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero(); let a5 = zero(), b5 = zero();
  for (; examples > 0; examples--) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(x + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(x + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4); const s5 = splatAt(x + 20); a5 = madd(s5, u, a5); b5 = madd(s5, v, b5);
    packed += 32; x += 32;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride; storePair(out, a3, b3); out += stride; storePair(out, a4, b4); out += stride; storePair(out, a5, b5); out += stride;
}

export function packedTile5(x: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  let a0 = zero(), b0 = zero(); let a1 = zero(), b1 = zero(); let a2 = zero(), b2 = zero(); let a3 = zero(), b3 = zero(); let a4 = zero(), b4 = zero();
  for (; examples > 0; examples--) {
    const u = v128.load(packed), v = v128.load(packed + 16);
    const s0 = splatAt(x + 0); a0 = madd(s0, u, a0); b0 = madd(s0, v, b0); const s1 = splatAt(x + 4); a1 = madd(s1, u, a1); b1 = madd(s1, v, b1); const s2 = splatAt(x + 8); a2 = madd(s2, u, a2); b2 = madd(s2, v, b2); const s3 = splatAt(x + 12); a3 = madd(s3, u, a3); b3 = madd(s3, v, b3); const s4 = splatAt(x + 16); a4 = madd(s4, u, a4); b4 = madd(s4, v, b4);
    packed += 32; x += 32;
  }
  storePair(out, a0, b0); out += stride; storePair(out, a1, b1); out += stride; storePair(out, a2, b2); out += stride; storePair(out, a3, b3); out += stride; storePair(out, a4, b4); out += stride;
}

// columnTile: height × 4 inputs × one unit: every lane is a sum over the batch, and none waits for its own additions.

export function columnTile4(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  let a0 = zero(); let a1 = zero(); let a2 = zero(); let a3 = zero();
  for (; panels > 0; panels--, x += xs, dz += zs) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + half, by = dz + half;
      a0 = addBlock(from + 0, by, a0); a1 = addBlock(from + 128, by, a1); a2 = addBlock(from + 256, by, a2); a3 = addBlock(from + 384, by, a3);
    }
  }
  storeColumn(out + 192, a3); storeColumn(out + 128, a2); storeColumn(out + 64, a1); storeColumn(out + 0, a0);
}

export function columnTile2(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  let a0 = zero(); let a1 = zero();
  for (; panels > 0; panels--, x += xs, dz += zs) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + half, by = dz + half;
      a0 = addBlock(from + 0, by, a0); a1 = addBlock(from + 128, by, a1);
    }
  }
  storeColumn(out + 64, a1); storeColumn(out + 0, a0);
}

export function columnTile1(x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  let a0 = zero();
  for (; panels > 0; panels--, x += xs, dz += zs) {
    for (let half: usize = 0; half < 32; half += 16) {
      const from = x + half, by = dz + half;
      a0 = addBlock(from + 0, by, a0);
    }
  }
  storeColumn(out + 0, a0);
}
