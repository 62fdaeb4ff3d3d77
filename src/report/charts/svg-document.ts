// The document charts are drawn into where there is no browser: the one module that imports linkedom.

import { parseHTML } from 'linkedom';

export const { document } = parseHTML('<!doctype html><html></html>');
