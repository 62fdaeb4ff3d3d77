// Everything that the entry points of the package export, together.

export * from '../../src/doors/measure.js';
export * from '../../src/doors/studies.js';
export * from '../../src/doors/techniques.js';
export * from '../../src/doors/tfjs.js';
export * from '../../src/index.js';
