// A browser has no native code.

import type * as real from '../../kernels/native-addon.js';

export const loadAddon: typeof real.loadAddon = () => ({
  missing: 'a browser has no native code',
  remedy: null,
});
export const openAddon: typeof real.openAddon = () => {
  throw new Error('A browser has no native code');
};
