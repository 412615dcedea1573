import { useMediaQuery } from '@mantine/hooks';
import { useUiState } from '#renderer/ui/ui-state.ts';

/** Whether the rail shows icons only: by choice, or for lack of room (a narrow window, a large zoom). */
export function useRailCollapsed(): boolean {
  const chosen = useUiState((state) => state.railCollapsed);
  const narrow = useMediaQuery('(max-width: 56em)') ?? false;
  return chosen || narrow;
}
