// Server-sent events out of the pieces that a stream comes in.

const MOST = 4_000_000;

// -> a function that is given each piece of text, and calls `take(data, event)` for each event that is there as a whole.
export function eventReader(take) {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    // An event without end is nobody's: it may not take all memory.
    if (rest.length > MOST) throw new Error("The stream says nothing that can be read.");
    for (const block of blocks) {
      const lines = block.split("\n");
      const of = (field) => lines.filter((line) => line.startsWith(`${field}:`)).map(
        (line) => line.slice(field.length + 1).replace(/^ /, "")
      );
      const data = of("data").join("\n");
      if (data !== "") take(data, of("event")[0] ?? "message");
    }
  };
}
