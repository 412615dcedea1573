/**
 * The column store's tables, defined once for the chunk builder (server) and the engine (app).
 *
 * A chunk k of a table holds the rows whose key lies in [k·span, (k+1)·span). Dense tables (contacts) are
 * indexed by key − k·span and carry a live bitmap; the others hold their rows in time order.
 * `owner` is the key that a change names: rows of the base whose owner changed are masked by the tail.
 */

/** Physical kinds of a column. instant: epoch ms; money: 1/10,000; quantity: 1/1,000; number: any; choice and text: dictionary coded. */
export type ColumnKind = 'u32' | 'instant' | 'money' | 'quantity' | 'number' | 'choice' | 'text';

export type TableSpec = {
  /** What a change is recorded against (table dirty, column tbl). */
  entity: Entity;
  dense: boolean;
  span: number;
  /** Column that holds the key a change names. Dense tables have none: the index is the key. */
  owner: string | null;
  /** Column the rows of a chunk are ordered by. */
  time: string | null;
  personal: boolean;
  columns: Readonly<Record<string, ColumnKind>>;
  /** Columns that a part does not have at all where they are empty in every row of it. */
  optional?: Readonly<Record<string, ColumnKind>>;
  /** Besides, whatever columns its rows come with, by names that are not known here; a part has those that hold something in it. */
  open?: true;
};

/** Things whose changes are tracked one by one. */
export const entities = ['contact', 'order', 'delivery', 'event', 'membership'] as const;
export type Entity = (typeof entities)[number];

export const tables = {
  contact: {
    entity: 'contact',
    dense: true,
    span: 65_536,
    owner: null,
    time: null,
    personal: false,
    columns: {
      country: 'choice',
      languageCode: 'choice',
      timeZone: 'choice',
      source: 'choice',
      emailStatus: 'choice',
      createdAt: 'instant',
    },
  },
  contactPersonal: {
    entity: 'contact',
    dense: true,
    span: 65_536,
    owner: null,
    time: null,
    personal: true,
    columns: {
      externalCustomerId: 'text',
      email: 'text',
      phone: 'text',
      firstName: 'text',
      lastName: 'text',
      region: 'text',
      town: 'text',
      address: 'text',
      postcode: 'text',
    },
  },
  /** Additional fields, by the field's id: text (also of several chosen values) or numbers, as contact/field-value.ts says. */
  contactField: {
    entity: 'contact',
    dense: true,
    span: 65_536,
    owner: null,
    time: null,
    personal: false,
    columns: {},
    open: true,
  },
  contactFieldPersonal: {
    entity: 'contact',
    dense: true,
    span: 65_536,
    owner: null,
    time: null,
    personal: true,
    columns: {},
    open: true,
  },
  order: {
    entity: 'order',
    dense: false,
    span: 65_536,
    owner: 'rowId',
    time: 'at',
    personal: false,
    columns: {
      rowId: 'u32',
      /** 0 = belongs to no known contact. */
      contactId: 'u32',
      at: 'instant',
      externalOrderId: 'text',
      status: 'choice',
      currency: 'choice',
      gross: 'money',
      returns: 'money',
      grossLines: 'u32',
      lines: 'u32',
    },
  },
  orderLine: {
    entity: 'order',
    dense: false,
    /** Partitioned by the order's row id, so that a changed order always names its chunk. */
    span: 4_096,
    owner: 'orderRowId',
    time: 'at',
    personal: false,
    columns: {
      orderRowId: 'u32',
      lineNo: 'u32',
      at: 'instant',
      externalItemId: 'text',
      name: 'text',
      quantity: 'quantity',
      price: 'money',
      amount: 'money',
    },
    /** As the shop sent it; its own word for what the item is. */
    optional: { category: 'text' },
  },
  delivery: {
    entity: 'delivery',
    dense: false,
    span: 65_536,
    owner: 'rowId',
    time: 'at',
    personal: false,
    columns: {
      rowId: 'u32',
      contactId: 'u32',
      /** Created (queued) at; the time the row sorts by. */
      at: 'instant',
      campaignId: 'choice',
      state: 'choice',
      reason: 'choice',
      sentAt: 'instant',
      openedAt: 'instant',
      machineOpenedAt: 'instant',
      clickedAt: 'instant',
      unsubscribedAt: 'instant',
    },
  },
  event: {
    entity: 'event',
    dense: false,
    span: 65_536,
    owner: 'rowId',
    time: 'at',
    personal: false,
    columns: { rowId: 'u32', contactId: 'u32', at: 'instant', type: 'choice' },
    /** Parameters of events: what each holds is said by the event type's switch (event/event-parameters.ts). */
    optional: {
      text0: 'text',
      text1: 'text',
      text2: 'text',
      text3: 'text',
      number0: 'number',
      number1: 'number',
      number2: 'number',
      number3: 'number',
    },
  },
  /** Members of lists and subscribers of categories. Names nobody and no address: it goes to every role. */
  membership: {
    entity: 'membership',
    dense: false,
    span: 65_536,
    owner: 'rowId',
    time: 'at',
    personal: false,
    columns: {
      rowId: 'u32',
      contactId: 'u32',
      /** Since when it is so. */
      at: 'instant',
      /** Id of the list's or category's document. */
      list: 'choice',
      /** member, subscribed or unsubscribed. */
      state: 'choice',
      source: 'choice',
    },
  },
} as const satisfies Record<string, TableSpec>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];
/** Tables that go only to those who may see personal values. */
export const personalTables: readonly TableName[] = tableNames.filter((table) => tables[table].personal);

/** One cell as JSON: numbers for every numeric kind, text otherwise, null for empty. */
export type Cell = number | string | null;

/** A row in a tail answer. Dense tables carry `key`, the others their own key column. */
export type TailRow = { key: number; cells: Record<string, Cell> };
