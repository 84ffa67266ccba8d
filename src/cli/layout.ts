/** What every terminal shows. */
export const WIDTH = 80;

/** Breaks text into lines at spaces. A word that is longer than a line has one of its own. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => `${indent}${each}\n`).join('');
}

/** Rows of cells, each column as wide as its widest cell; the last one wraps below itself. */
export function columns(rows: readonly (readonly string[])[], indent: string): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) => {
      const cells = row.slice(0, -1).map((cell, at) => `${cell.padEnd(widths[at] ?? 0)}  `);
      const head = indent + cells.join('');
      return (
        head + wrap(row.at(-1) ?? '', ' '.repeat(Math.min(head.length, WIDTH / 2))).trimStart()
      );
    })
    .join('');
}
