// The version of the package, as code: a bundled app has no package.json of tutti's to read. A test compares the two.

export const VERSION = '0.1.0';
