import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** How one table is laid out on this device. */
export type ColumnLayout = { order: string[]; hidden: string[]; widths: Record<string, number> };

type UiState = {
  railCollapsed: boolean;
  columns: Record<string, ColumnLayout>;
  toggleRail: () => void;
  setColumns: (table: string, layout: ColumnLayout) => void;
  /** Back to how the table is laid out by itself. */
  forgetColumns: (table: string) => void;
};

/** What this device remembers about its looks; never data. Kept in the page's own storage. */
export const useUiState = create<UiState>()(
  persist(
    (set) => ({
      railCollapsed: false,
      columns: {},
      toggleRail: () => set((state) => ({ railCollapsed: !state.railCollapsed })),
      setColumns: (table, layout) => set((state) => ({ columns: { ...state.columns, [table]: layout } })),
      forgetColumns: (table) => set(({ columns: { [table]: _gone, ...columns } }) => ({ columns })),
    }),
    {
      name: 'muster.ui',
      version: 1,
      storage: createJSONStorage(() => localStorage),
      partialize: ({ railCollapsed, columns }) => ({ railCollapsed, columns }),
    },
  ),
);
