import {
  ActionIcon,
  Group,
  Menu,
  Modal,
  ScrollArea,
  Stack,
  Table,
  Text,
  Title,
  useComputedColorScheme,
} from '@mantine/core';
import { IconDots, IconFileSpreadsheet, IconPhoto, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useRef, useState } from 'react';
import { ChartCanvas, type ChartImage, type OptionBuilder } from './chart-canvas.tsx';
import { chartColors } from './chart-colors.ts';
import { saveFile, savePicture } from './chart-export.ts';
import { type ChartCell, type ChartColumn, type ChartTable, tableToCsv } from './chart-table.ts';

type Props = {
  /** The subject of the finding: "Net revenue by day". */
  title: string;
  /** Range, unit, what the grey line is. */
  subtitle: string;
  /** What somebody who cannot see the picture hears. */
  description: string;
  /** Why there is nothing to draw; null = draw. */
  empty: string | null;
  option: OptionBuilder;
  table: ChartTable;
  fileName: string;
  height?: number;
  controls?: ReactNode;
  onPick?: (dataIndex: number) => void;
};

const EMPTY_HEIGHT = 140;

/** A chart with its title, its figures as a table, and its exports. The same rows feed all three. */
export function Chart(props: Props) {
  const { title, subtitle, description, empty, option, table, fileName, height = 280, controls, onPick } = props;
  const image = useRef<ChartImage>(null);
  const [asTable, setAsTable] = useState(false);
  const headingId = useId();
  const scheme = useComputedColorScheme('light');

  const savePng = () => {
    const canvas = image.current?.toCanvas();
    if (canvas) savePicture(`${fileName}.png`, canvas, title, subtitle, chartColors(scheme));
  };
  const saveCsv = () =>
    saveFile(`${fileName}.csv`, new Blob(['\uFEFF', tableToCsv(table)], { type: 'text/csv;charset=utf-8' }));

  return (
    <Stack component="section" gap={8} aria-labelledby={headingId}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="md">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size={14} fw={600} id={headingId}>
            {title}
          </Title>
          <Text size="xs" c="dimmed">
            {subtitle}
          </Text>
        </div>
        <Group gap={8} wrap="nowrap">
          {controls}
          <Menu position="bottom-end" width={190}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`More for ${title}`}>
                <IconDots size={16} stroke={1.5} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconTable size={16} stroke={1.5} />} onClick={() => setAsTable(true)}>
                Open as table
              </Menu.Item>
              <Menu.Item leftSection={<IconFileSpreadsheet size={16} stroke={1.5} />} onClick={saveCsv}>
                Download CSV
              </Menu.Item>
              <Menu.Item leftSection={<IconPhoto size={16} stroke={1.5} />} onClick={savePng} disabled={empty !== null}>
                Download PNG
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {empty === null ? (
        <ChartCanvas option={option} height={height} description={description} onPick={onPick} image={image} />
      ) : (
        <div className="chart-empty" style={{ height: Math.min(height, EMPTY_HEIGHT) }}>
          {empty}
        </div>
      )}
      <Modal
        opened={asTable}
        onClose={() => setAsTable(false)}
        title={title}
        size="lg"
        scrollAreaComponent={ScrollArea.Autosize}
      >
        <Text size="xs" c="dimmed" mb="xs">
          {subtitle}
        </Text>
        <FigureTable table={table} />
      </Modal>
    </Stack>
  );
}

const shown = (cell: ChartCell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell);
const alignment = (column: ChartColumn | undefined) => (column?.numeric ? 'right' : 'left');

function FigureTable({ table }: { table: ChartTable }) {
  return (
    <Table stickyHeader fz={12} verticalSpacing={4} tabularNums highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          {table.columns.map((column) => (
            <Table.Th key={column.label} ta={alignment(column)}>
              {column.label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table.rows.map((row, index) => (
          // Rows of a finished series never move; the index is their identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Table.Tr key={index}>
            {table.columns.map((column, at) => (
              <Table.Td key={column.label} ta={alignment(column)}>
                {shown(row[at] ?? null)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
