import { createTheme, type MantineColorsTuple, Switch, Tabs } from '@mantine/core';

const amber: MantineColorsTuple = [
  '#fff7e6',
  '#fdecc8',
  '#fbdb97',
  '#f9ca62',
  '#f7bb3c',
  '#f5a524',
  '#f0a30a',
  '#c88200',
  '#9d6600',
  '#734a00',
];

/** Mantine dressed in our tokens (tokens.css): everything that has a colour takes it from a variable. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  primaryColor: 'amber',
  primaryShade: 5,
  colors: { amber },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '28px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  // Amber is for what to do next; a switch or a tab only says what is on.
  components: {
    Switch: Switch.extend({ vars: () => ({ root: { '--switch-color': 'var(--text-2)' } }) }),
    Tabs: Tabs.extend({ vars: () => ({ root: { '--tabs-color': 'var(--text)' } }) }),
  },
});
