// The keyboard: moving through the cells as in a spreadsheet, and what has a shortcut.

const version = new URL(import.meta.url).search;
const { COLUMNS } = await import("./grid_row.js" + version);

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export class GridKeys {
  constructor(grid) {
    this.grid = grid;
  }

  // A key pressed in a cell. Where an input method is at work the key is its own.
  press(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const at = this.grid.place();
    if (!at) return;
    if (this.act(event, at)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  // Whether the key meant something to us.
  act(event, at) {
    const { key, shiftKey, altKey } = event;
    const command = event.ctrlKey || event.metaKey;
    if (command && key.toLowerCase() === "d") return this.fillDown(at);
    if (command && key === ".") return at.row.fix(at.column) ?? true;
    if (altKey && !command && event.code === "KeyR") return this.review(at);
    if (command && key === "Enter") return this.grid.act("open", { row: at.row.id }) ?? true;
    if (command || altKey) return false;
    if (key === "Enter" && !shiftKey) return this.down(at);
    if (key === "Escape") return at.writing.revert() ?? true;
    if (key === "Tab") return this.sideways(at, shiftKey ? -1 : 1);
    if (!key.startsWith("Arrow")) return false;
    return shiftKey ? this.pickOn(key, at) : this.arrow(key, at);
  }

  // The menu of the row's state of review; the cursor comes back to the cell.
  review({ row, writing }) {
    writing.yield();
    this.grid.askReview(row, writing.area);
    return true;
  }

  // Find and replace, undo and redo of whole changes, wherever the cursor is; but where a text has
  // an undo of its own.
  pressAnywhere(event) {
    const command = event.ctrlKey || event.metaKey;
    if (event.isComposing || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (event.key === "?" && !isWritable(target)) this.grid.frame.showShortcuts();
    if (isReplace(event) && !target.closest?.('[role="dialog"]')) {
      event.preventDefault();
      this.grid.frame.tools.ask("replace");
    }
    if (!command || event.altKey) return;
    const key = event.key.toLowerCase();
    const redo = (key === "z" && event.shiftKey) || key === "y";
    if (!redo && key !== "z") return;
    if (this.hasOwnUndo(target)) return;
    event.preventDefault();
    this.grid.frame.takeBack(redo ? "redo" : "undo");
  }

  // In a cell, the browser's undo goes first, until nothing of this visit is left to take back.
  hasOwnUndo(target) {
    if (!isWritable(target)) return false;
    const at = this.grid.place();
    if (!at || at.writing.area !== target) return true; // somebody else's text
    return at.writing.text !== at.writing.before;
  }

  arrow(key, { row, column, writing }) {
    const { selectionStart, selectionEnd } = writing.area;
    if (selectionStart !== selectionEnd) return false;
    const atStart = selectionStart === 0;
    const atEnd = selectionEnd === writing.text.length;
    if (key === "ArrowUp" && atStart) return this.go(row, -1, column, "end");
    if (key === "ArrowDown" && atEnd) return this.go(row, 1, column, "start");
    if (key === "ArrowLeft" && atStart) return this.sideways({ row, column }, -1, "end");
    if (key === "ArrowRight" && atEnd) return this.sideways({ row, column }, 1, "start");
    return false;
  }

  // Shift and an arrow over the edge of a text ticks this row and the next one.
  pickOn(key, { row, column, writing }) {
    const { selectionStart, selectionEnd } = writing.area;
    const edge = key === "ArrowUp" ? 0 : writing.text.length;
    const by = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (!by || selectionStart !== selectionEnd || selectionStart !== edge) return false;
    this.grid.pick(row, true, false);
    if (!this.go(row, by, column, by < 0 ? "start" : "end")) return true;
    this.grid.pick(this.grid.place().row, true, false);
    return true;
  }

  // To the same column of a neighbouring row; false where there is none.
  go(row, by, column, caret = "all") {
    const rows = this.grid.order();
    const next = rows[rows.indexOf(row) + by];
    return next ? this.enter(next, column, caret) : false;
  }

  // To the next cell, over the end of the row too; out of the table at its corners.
  sideways({ row, column }, by, caret = "all") {
    const shown = COLUMNS.filter((each) => row.writings[each].area.checkVisibility());
    const next = shown[shown.indexOf(column) + by];
    if (next) return this.enter(row, next, caret);
    return this.go(row, by, by > 0 ? shown[0] : shown[shown.length - 1], caret);
  }

  // Enter goes down; on the very last row it begins a new example, unless that one is still blank.
  down({ row, column }) {
    if (this.go(row, 1, column)) return true;
    const { page, pages } = this.grid.state;
    if (page === pages && !row.isBlank) this.grid.add();
    return true;
  }

  enter(row, column, caret) {
    const { area } = row.writings[column];
    area.focus();
    const end = area.value.length;
    if (caret === "all") area.setSelectionRange(0, end);
    else area.setSelectionRange(caret === "start" ? 0 : end, caret === "start" ? 0 : end);
    return true;
  }

  // With rows ticked, the first one's text goes into the others; else the cell above into this one.
  fillDown({ row, column, writing }) {
    const picked = this.grid.pickedInOrder();
    const rows = this.grid.order();
    const above = rows[rows.indexOf(row) - 1];
    const some = picked.length > 1 ? picked : above ? [above, row] : [];
    if (some.length < 2) return true;
    writing.yield();
    this.grid.act("fill", { rows: some.map((each) => each.id), column });
    return true;
  }
}

// Ctrl H; a Mac keeps ⌘H for itself, and its programs take ⌥⌘F.
function isReplace({ ctrlKey, metaKey, altKey, shiftKey, code }) {
  if (IS_MAC) return metaKey && altKey && !shiftKey && code === "KeyF";
  return ctrlKey && !altKey && !shiftKey && code === "KeyH";
}

function isWritable(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(textarea|input|select)$/i.test(target.tagName)) &&
    target.type !== "checkbox"
  );
}
