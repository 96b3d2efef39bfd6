import { localStorageColorSchemeManager } from '@mantine/core';

/** The same key as public/early.js, which paints the right background before anything loads. */
export const schemeManager = localStorageColorSchemeManager({ key: 'farol.scheme' });
