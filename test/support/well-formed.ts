// Whether markup is well-formed XML as far as drawings need it: every tag closed in its order, attributes quoted, no bare
// ampersand or bracket.

/** What is wrong with a text of markup, or null. */
export function malformed(text: string): string | null {
  const open: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const plain = /^[^<&>]+|^&(?:[a-z]+|#\d+|#x[\da-f]+);/i.exec(rest);
    const tag = /^<(\/?)([a-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/i.exec(rest);
    if (tag !== null) {
      const [, closes, name, attributes, closed] = tag;
      const names = [...attributes!.matchAll(/([\w:-]+)="/g)].map(([, own]) => own);
      if (new Set(names).size < names.length) return `an attribute twice in ${tag[0]}`;
      if (closes === '/') {
        if (open.pop() !== name) return `</${name}> closes another element`;
      } else if (closed === '') open.push(name!);
      rest = rest.slice(tag[0].length);
    } else if (plain !== null && open.length > 0) rest = rest.slice(plain[0].length);
    else if (plain !== null && plain[0].trim() === '') rest = rest.slice(plain[0].length);
    else return `not markup: ${rest.slice(0, 60)}`;
  }
  return open.length === 0 ? null : `<${open.at(-1)}> is not closed`;
}
