import { type Aim, isMissed, ratioOf, type Row } from './row.ts';

const HEADER = ['figure', 'operator', 'floor', 'ratio', 'aim', ''];

/** The rows as a table of Markdown, in columns that align. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const [header, ...rest] = lines;
  return [header, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest].join('\n');
}

function cellsOf(row: Row): string[] {
  const ratio = ratioOf(row);
  return [
    row.figure,
    withUnit(row.operator, row.unit),
    row.floor === undefined ? '' : withUnit(row.floor, row.unit),
    ratio === undefined ? '' : ratio.toFixed(2),
    row.aim ? aimOf(row.aim, row.unit) : '',
    isMissed(row) ? 'missed' : '',
  ];
}

function aimOf({ of, atMost, atLeast = 0 }: Aim, unit: string): string {
  const [sign, bound] = atMost === undefined ? ['>=', atLeast] : ['<=', atMost];
  return `${of === 'ratio' ? 'ratio ' : ''}${sign} ${of === 'ratio' ? bound : withUnit(bound, unit)}`;
}

/** Three digits that mean something, or all those before the point. */
function withUnit(value: number, unit: string): string {
  const digits = value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
  return `${digits} ${unit}`.trimEnd();
}
