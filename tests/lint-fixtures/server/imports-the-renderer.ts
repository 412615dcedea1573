import { theme } from '#renderer/ui/theme.ts';
export const t = theme;
