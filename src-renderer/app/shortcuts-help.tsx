import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { desktop, modifierName } from '#renderer/platform/desktop.ts';
import { pages } from './pages.ts';
import { hasFeature } from './routes.tsx';
import { useShellState } from './shell-state.ts';
import classes from './shortcuts-help.module.css';

const general: [words: string, keys: string[]][] = [
  ['Search and commands', [modifierName, 'K']],
  ['Search in a list', ['/']],
  ['Undo, redo in a builder', [modifierName, 'Z']],
  ['Rows of a list', ['↑', '↓']],
  ['Open a row', ['Enter']],
  ['Close details', ['Esc']],
  ['Make the sidebar small, or show it', ['[']],
  ['This list', ['?']],
];

/** Keys of the native menu, which a browser keeps for itself. */
const menuKeys: [words: string, keys: string[]][] = [
  ['New segment', [modifierName, 'Shift', 'S']],
  ['Import a file', [modifierName, 'O']],
  ['Sync now', [modifierName, 'Shift', 'R']],
  ['Sync panel', [modifierName, 'Shift', 'Y']],
  ['Settings', [modifierName, ',']],
];

/** All shortcuts in one place. */
export function ShortcutsHelp() {
  const opened = useShellState((state) => state.shortcutsOpened);
  const rows: [string, string[]][] = [
    ...pages
      .filter((page) => hasFeature(page.feature))
      .map((page): [string, string[]] => [`Go to ${page.label}`, ['G', page.key.toUpperCase()]]),
    ...general,
    ...(desktop() ? menuKeys : []),
  ];
  return (
    <Modal
      opened={opened}
      onClose={() => useShellState.setState({ shortcutsOpened: false })}
      title="Keyboard shortcuts"
      size={420}
    >
      <dl className={classes.list}>
        {rows.map(([words, keys]) => (
          <Fragment key={words}>
            <dt>{words}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key} size="xs">
                  {key}
                </Kbd>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
