// What a spreadsheet puts on the clipboard, read into cells; and cells, written as it would.
//
// It puts its cells there twice. The text has every space and line break of a cell, but quotes
// make it doubtful where a cell ends. The HTML knows where a cell ends, but folds spaces and is
// laid out over many lines. So the HTML says which cells there are, and the text how they read.

const ROW_ENDS = /\r\n?/g;
const CELL_ENDS = /[\t\r\n]/g;
const BLOCKS = new Set(["P", "DIV", "LI", "UL", "OL", "H1", "H2", "H3", "H4", "PRE", "TABLE", "TR"]);
const BLOCK_EDGE = "\0"; // cannot stand in HTML
// Google Sheets puts a single cell there without a table around it.
const LONE_CELL = "[data-sheets-root], [data-sheets-value]";

// The cells on the clipboard in rows of one length; null for prose, which belongs in one cell.
// Several lines without a tab are prose. A merged cell has its text at its top left.
export function readTable({ html = "", text = "" }) {
  const plain = readText(text);
  if (!html.trim()) return isRange(plain) ? level(plain) : null;
  const drawn = readHtml(html);
  if (!drawn) return null;
  const cells = level(drawn);
  if (!sameShape(cells, level(plain))) return cells;
  const choose = (cell, told = "") => (sameWords(cell, told) ? told : cell);
  return cells.map((row, y) => row.map((cell, x) => choose(cell, plain[y][x])));
}

// The cells as tab separated text, quoted as Excel reads it, and as an HTML table.
export function writeTable(cells) {
  const rows = cells.map((row) => row.map(quote).join("\t"));
  const drawn = cells.map((row) => `<tr>${row.map(drawCell).join("")}</tr>`);
  return {
    // A last row that is empty would else be taken for the end of the one before.
    text: rows.join("\n") + (rows.length > 1 ? "\n" : ""),
    html: `<meta charset="utf-8"><table><tbody>${drawn.join("")}</tbody></table>`,
  };
}

function readText(text) {
  const whole = text.replace(/(\r\n|\r|\n)$/, "");
  const rows = [[]];
  for (let at = 0; ; ) {
    const [cell, end] = readQuoted(whole, at) ?? readBare(whole, at);
    rows.at(-1).push(cell);
    if (end >= whole.length) return rows;
    if (whole[end] !== "\t") rows.push([]);
    at = end + (whole.startsWith("\r\n", end) ? 2 : 1);
  }
}

// A cell in quotes and where it ends; null where the quote is part of what was written.
function readQuoted(text, at) {
  if (text[at] !== '"') return null;
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  if (end < 0 || !/^[\t\r\n]?$/.test(text.charAt(end + 1))) return null;
  return [text.slice(at + 1, end).replaceAll('""', '"').replace(ROW_ENDS, "\n"), end + 1];
}

function readBare(text, at) {
  CELL_ENDS.lastIndex = at;
  const end = CELL_ENDS.exec(text)?.index ?? text.length;
  return [text.slice(at, end), end];
}

// Text alone is a range where each line has cells; were all the first ones empty, it is indented.
function isRange(rows) {
  return rows.every((row) => row.length > 1) && rows.some((row) => row[0] !== "");
}

function readHtml(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const unread of body.querySelectorAll("style, script")) unread.remove();
  const tables = [...body.querySelectorAll("table:not(table table)")];
  const found = tables.length ? tables : [...body.querySelectorAll(LONE_CELL)].slice(0, 1);
  const inside = found.map((node) => node.textContent).join("");
  // A table among paragraphs is part of a document, not a range of cells.
  if (!found.length || !sameWords(body.textContent, inside)) return null;
  return tables.length ? tables.flatMap(readRows) : [[readWords(found[0])]];
}

function readRows(table) {
  const shown = [...table.rows].filter((row) => !isRuler(row));
  const rows = shown.map(() => []);
  for (const [y, row] of shown.entries()) {
    for (const cell of row.cells) placeCell(rows, y, cell);
  }
  return rows;
}

// Excel ends a table with merged cells with a hidden row that only says how wide columns are.
function isRuler(row) {
  return row.style.display === "none" && !row.textContent.trim();
}

// Put a cell at the first free place of its row, and nothing wherever else it spans.
function placeCell(rows, y, cell) {
  let x = 0;
  while (rows[y][x] !== undefined) x += 1;
  for (const row of rows.slice(y, y + (cell.rowSpan || rows.length))) {
    for (let dx = 0; dx < cell.colSpan; dx += 1) row[x + dx] = "";
  }
  rows[y][x] = readWords(cell);
}

// What a cell of a table says: source layout folded, breaks and paragraphs as line breaks.
function readWords(cell) {
  const words = spell(cell)
    .replace(/ *\n */g, "\n")
    .replace(/ +/g, " ")
    .replace(/\n? ?\0[ \0]*/g, BLOCK_EDGE) // the last break of a block only holds it open
    .replace(/^[ \0]+|\n?[ \0]*$/g, "")
    .replaceAll(BLOCK_EDGE, "\n")
    .replaceAll("\u00a0", " ");
  return words.trim() && words; // Excel fills an empty cell that has a border with a space
}

function spell(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[ \t\r\n\f]+/g, " ");
  if (node.nodeName === "BR") return "\n";
  const inner = [...node.childNodes].map(spell).join("");
  return BLOCKS.has(node.nodeName) ? BLOCK_EDGE + inner + BLOCK_EDGE : inner;
}

function level(rows) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return rows.map((row) => Array.from({ length: width }, (_, x) => row[x] ?? ""));
}

function sameShape(one, other) {
  return one.length === other.length && one[0]?.length === other[0]?.length;
}

function sameWords(one, other) {
  return one.replace(/\s+/g, "") === other.replace(/\s+/g, "");
}

function quote(cell) {
  return /[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

// A cell that keeps its line breaks and spaces, and that Excel does not take for a date.
function drawCell(cell) {
  const words = cell
    .replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt()};`)
    .replace(/\r\n?|\n/g, '<br style="mso-data-placement:same-cell">')
    .replace(/(?<=^|>| ) | (?=$|<)/g, '<span style="mso-spacerun:yes">&nbsp;</span>');
  return `<td style="mso-number-format:'\\@'">${words}</td>`;
}
