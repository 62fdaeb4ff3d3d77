// Everything that the entry points of the package export, together.

export * from '../../src/entry-points/measure.js';
export * from '../../src/entry-points/studies.js';
export * from '../../src/entry-points/techniques.js';
export * from '../../src/entry-points/tfjs.js';
export * from '../../src/index.js';
