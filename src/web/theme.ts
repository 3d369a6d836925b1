import { createTheme } from '@mantine/core';
import { ButtonRoot } from './parts/button-root.tsx';

export const theme = createTheme({
  primaryColor: 'indigo',
  // Text and controls in this shade have the contrast that WCAG 2.2 AA asks for, on white and on black.
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // In a narrow column the column gives way, not the word.
    Badge: { defaultProps: { variant: 'light', tt: 'none', fw: 600, miw: 'max-content' } },
    Button: { defaultProps: { component: ButtonRoot } },
    // A <header> in a dialog would count as one more banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
  },
});
