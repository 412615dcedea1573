/**
 * Colours of every chart, for both themes. Six series at most; the order keeps neighbours apart in hue and in lightness
 * (also with red-green and blue-yellow blindness), and each has at least 3:1 against its own ground.
 */
export type ChartColors = {
  series: readonly string[];
  /** Comparison period: thin and grey, never a series of its own. */
  comparison: string;
  text: string;
  faintText: string;
  axis: string;
  grid: string;
  ground: string;
  tooltip: string;
  tooltipBorder: string;
  hover: string;
};

const light: ChartColors = {
  series: ['#5059d6', '#d9730d', '#0e8a7d', '#b83280', '#8a6d00', '#2b8cbe'],
  comparison: '#8b909c',
  text: '#16181d',
  faintText: '#5a6272',
  axis: '#d5d8df',
  grid: '#e8eaee',
  ground: '#ffffff',
  tooltip: '#ffffff',
  tooltipBorder: '#d5d8df',
  hover: 'rgba(80, 89, 214, 0.08)',
};

const dark: ChartColors = {
  series: ['#838ced', '#f0a35e', '#4cc3b3', '#e584bd', '#d6bb53', '#74bfe8'],
  comparison: '#858b99',
  text: '#e6e8ed',
  faintText: '#9aa1af',
  axis: '#363b46',
  grid: '#23272f',
  ground: '#121419',
  tooltip: '#1b1e25',
  tooltipBorder: '#363b46',
  hover: 'rgba(131, 140, 237, 0.14)',
};

export function chartColors(scheme: 'light' | 'dark'): ChartColors {
  return scheme === 'dark' ? dark : light;
}
