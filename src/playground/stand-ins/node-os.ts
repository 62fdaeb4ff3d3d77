// Typed arrays of every engine that a browser has lie the little end first.

export function endianness(): 'LE' {
  return 'LE';
}
