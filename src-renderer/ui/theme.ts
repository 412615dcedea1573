import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, rem } from '@mantine/core';

const indigo: MantineColorsTuple = [
  '#eef0fe',
  '#dfe2fc',
  '#bec4f8',
  '#9ea6f3',
  '#838ced',
  '#6a74e4',
  '#5059d6',
  '#434bbd',
  '#383f9f',
  '#2d3380',
];

/** Neutral with a slight cool tint. */
const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f0f1f4',
  '#e5e7ec',
  '#d5d8df',
  '#c3c8d1',
  '#8d94a3',
  '#656d7d',
  '#4b5262',
  '#2c313c',
  '#16181d',
];

/** The dark theme's own scale (0 = text, 7 = page), not the light one turned round. */
const dark: MantineColorsTuple = [
  '#e6e8ed',
  '#c3c8d2',
  '#9aa1af',
  '#7e8695',
  '#363b46',
  '#262a33',
  '#1b1e25',
  '#121419',
  '#0d0f13',
  '#08090c',
];

const body = rem(13);
const control = rem(30);
const inputs = { defaultProps: { size: 'xs' } };

/** The cross of a dialog has no words of its own. */
const close = { 'aria-label': 'Close' };
const veil = { backgroundOpacity: 0.22, blur: 0 };
const floatingTitle = { fontSize: rem(15), fontWeight: 600 };

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 6 },
  colors: { indigo, gray, dark },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Open Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace",
  fontSizes: { xs: rem(12), sm: body, md: body, lg: rem(15), xl: rem(20) },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.5', lg: '1.4', xl: '1.3' },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  radius: { xs: rem(4), sm: rem(6), md: rem(6), lg: rem(8), xl: rem(12) },
  defaultRadius: 'sm',
  shadows: {
    xs: 'none',
    sm: '0 1px 2px rgb(16 20 32 / 6%)',
    md: '0 6px 24px -6px rgb(16 20 32 / 18%), 0 1px 3px rgb(16 20 32 / 8%)',
    lg: '0 16px 48px -12px rgb(16 20 32 / 28%), 0 2px 6px rgb(16 20 32 / 8%)',
    xl: '0 24px 56px -20px rgb(16 20 32 / 30%)',
  },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.3' },
      h2: { fontSize: rem(15), lineHeight: '1.4' },
      h3: { fontSize: rem(13), lineHeight: '1.5' },
    },
  },
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'default',
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      vars: () => ({ root: { '--button-fz': body, '--button-height': control } }),
      styles: { root: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 }, classNames: { root: 'quiet-icon' } },
    Input: { vars: () => ({ wrapper: { '--input-fz': body, '--input-height': control } }) },
    InputWrapper: {
      vars: () => ({
        label: { '--input-label-size': rem(12) },
        description: { '--input-description-size': rem(12) },
        error: { '--input-error-size': rem(12) },
      }),
    },
    TextInput: inputs,
    PasswordInput: {
      defaultProps: { size: 'xs', visibilityToggleButtonProps: { 'aria-label': 'Show or hide what is typed' } },
    },
    NumberInput: inputs,
    Textarea: inputs,
    Select: inputs,
    MultiSelect: inputs,
    TagsInput: inputs,
    Autocomplete: inputs,
    NativeSelect: inputs,
    Checkbox: inputs,
    Switch: inputs,
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Badge: { defaultProps: { variant: 'light', radius: 'xs', tt: 'none', fw: 500 } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, offset: 6, fz: 'xs' } },
    Modal: {
      defaultProps: { centered: true, overlayProps: veil, transitionProps: { duration: 120 }, closeButtonProps: close },
      styles: { title: floatingTitle },
    },
    Drawer: {
      defaultProps: { overlayProps: veil, transitionProps: { duration: 120 }, shadow: 'lg', closeButtonProps: close },
      styles: { title: floatingTitle },
    },
    Notification: { defaultProps: { closeButtonProps: close } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, offset: 4 } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, offset: 4 } },
    Skeleton: { defaultProps: { radius: 'xs' } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});

/**
 * The product's own colours, as variables for CSS modules: one place decides light and dark.
 * Text on any of these surfaces keeps at least 4.5:1.
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#16181d',
    '--mantine-color-dimmed': '#5a6272',
    '--mantine-color-placeholder': '#6b7382',
    '--mantine-color-default-border': '#d9dce3',
    '--mantine-color-default-hover': '#f5f6f8',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#434bbd',
    '--bg': '#ffffff',
    '--bg-rail': '#f7f8fa',
    '--bg-subtle': '#f9fafb',
    '--bg-raised': '#ffffff',
    '--bg-hover': '#f2f3f6',
    '--bg-active': '#e9ebf0',
    '--bg-selected': '#eef0fe',
    '--line': '#e8eaee',
    '--line-strong': '#d5d8df',
    '--text': '#16181d',
    '--text-dim': '#5a6272',
    '--text-faint': '#69717f',
    '--accent': '#5059d6',
    '--accent-text': '#434bbd',
    '--accent-soft': '#eef0fe',
    '--ok': '#1a7f4b',
    '--ok-soft': '#e6f5ec',
    '--warn': '#8f5b00',
    '--warn-soft': '#fdf3dd',
    '--bad': '#b42318',
    '--bad-soft': '#fdecea',
  },
  dark: {
    '--mantine-color-body': '#121419',
    '--mantine-color-text': '#e6e8ed',
    '--mantine-color-dimmed': '#9aa1af',
    '--mantine-color-placeholder': '#868e9d',
    '--mantine-color-default': '#171a20',
    '--mantine-color-default-border': '#30353f',
    '--mantine-color-default-hover': '#1f232b',
    '--mantine-color-error': '#f58a80',
    '--mantine-color-anchor': '#a9b0f7',
    '--bg': '#121419',
    '--bg-rail': '#0d0f13',
    '--bg-subtle': '#15181d',
    '--bg-raised': '#1b1e25',
    '--bg-hover': '#1b1e25',
    '--bg-active': '#252932',
    '--bg-selected': '#20233c',
    '--line': '#23272f',
    '--line-strong': '#363b46',
    '--text': '#e6e8ed',
    '--text-dim': '#9aa1af',
    '--text-faint': '#858d9c',
    '--accent': '#838ced',
    '--accent-text': '#a9b0f7',
    '--accent-soft': '#20233c',
    '--ok': '#5ec98d',
    '--ok-soft': '#13281d',
    '--warn': '#e0b04c',
    '--warn-soft': '#2b2313',
    '--bad': '#f58a80',
    '--bad-soft': '#331a19',
  },
});
