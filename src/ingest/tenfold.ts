/** PURE. What the planner knows of the tables is of little use once they are ten times as long: time to tell it more. */
export function isTenfold(rows: number, added: number): boolean {
  return rows === added || Math.floor(Math.log10(rows - added)) < Math.floor(Math.log10(rows));
}
