import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import classes from './column-chooser.module.css';
import { gridColumn } from './contact-columns.ts';
import type { Columns } from './use-column-layout.ts';

/** Which columns the grid shows and in which order, by mouse or keyboard. */
export function ColumnChooser({ columns }: { columns: Columns }) {
  const { order, hidden } = columns.layout;
  return (
    <Popover position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} stroke={1.5} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Columns">
        <ul className={classes.list}>
          {order.map((id, place) => {
            const label = gridColumn(id)?.label ?? id;
            return (
              <li key={id} className={classes.item}>
                <Checkbox
                  className={classes.box}
                  label={label}
                  checked={!hidden.includes(id)}
                  disabled={!hidden.includes(id) && hidden.length === order.length - 1}
                  onChange={(event) => columns.setHidden(id, !event.currentTarget.checked)}
                />
                <ActionIcon
                  size={22}
                  aria-label={`Move ${label} up`}
                  disabled={place === 0}
                  onClick={() => columns.move(id, order[place - 1] ?? null)}
                >
                  <IconArrowUp size={14} stroke={1.5} />
                </ActionIcon>
                <ActionIcon
                  size={22}
                  aria-label={`Move ${label} down`}
                  disabled={place === order.length - 1}
                  onClick={() => columns.move(id, order[place + 2] ?? null)}
                >
                  <IconArrowDown size={14} stroke={1.5} />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
        <div className={classes.foot}>
          <Button variant="subtle" color="gray" onClick={columns.reset}>
            Reset columns
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
