// The only way this page makes elements: tag, attributes, children. Text always becomes a text node, never markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") made.append(child);
  }
  return made;
}

// Replacing equal text would make a screen reader say it again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
