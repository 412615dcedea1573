/** The channels between page and main: one out, two in. Apart, so that the preload brings no schema library along. */
export const INVOKE_CHANNEL = 'muster:invoke';
export const COMMAND_CHANNEL = 'muster:command';
/** A screen to open: from a deep link or a clicked notification. */
export const LINK_CHANNEL = 'muster:link';
