import { Button, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { OrderRow } from '#renderer/data/data-api.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { QUANTITY_SCALE } from '#shared/kernel/money.ts';
import classes from './contact-panel.module.css';

const STEP = 20;

/** Orders, newest first; each opens to its lines. Returns are amounts below zero. */
export function OrderHistory({ orders }: { orders: readonly OrderRow[] }) {
  const [limit, setLimit] = useState(STEP);
  if (orders.length === 0) return <p className={classes.more}>No orders yet.</p>;
  return (
    <>
      <ul className={classes.list}>
        {orders.slice(0, limit).map((order) => (
          <Order key={order.rowId} order={order} />
        ))}
      </ul>
      {orders.length > limit ? (
        <Button variant="subtle" color="gray" onClick={() => setLimit(limit + STEP)}>
          Show {Math.min(STEP, orders.length - limit)} more
        </Button>
      ) : null}
    </>
  );
}

function Order({ order }: { order: OrderRow }) {
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const amount = order.gross - order.returns;
  return (
    <li className={classes.entry}>
      <UnstyledButton className={classes.entryHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight
          className={classes.chevron}
          data-open={open || undefined}
          size={14}
          stroke={1.75}
          aria-hidden
        />
        <span className={classes.entryName}>{order.externalOrderId}</span>
        <span className={classes.entryDim}>
          <Time at={order.at} /> · {format.counted(order.lines.length, 'line')}
          {order.status ? ` · ${sentenceCase(order.status)}` : ''}
        </span>
        <span className={classes.entryEnd}>{format.money(amount, order.currency)}</span>
      </UnstyledButton>
      {open ? (
        <table className={classes.lines}>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" className={classes.number}>
                Quantity
              </th>
              <th scope="col" className={classes.number}>
                Price
              </th>
              <th scope="col" className={classes.number}>
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {order.lines.map((line, place) => (
              // Equal lines of one order are two lines; their place tells them apart.
              // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
              <tr key={place}>
                <td title={`${line.name} (${line.externalItemId})`}>{line.name || line.externalItemId}</td>
                <td className={classes.number}>{format.count(line.quantity / QUANTITY_SCALE)}</td>
                <td className={classes.number}>{format.money(line.price, order.currency)}</td>
                <td className={classes.number}>{format.money(line.amount, order.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </li>
  );
}
