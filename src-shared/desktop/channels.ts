/** The one channel of each direction between page and main. Apart, so that the preload brings no schema library along. */
export const INVOKE_CHANNEL = 'muster:invoke';
export const COMMAND_CHANNEL = 'muster:command';
