// Elements of a page that its script fills.

export function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** Puts a text into an element, where it is another. */
export function say(id: string, text: string): void {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
}

/** One more of what a template of the page holds. */
export function fromTemplate(id: string): HTMLElement {
  const { content } = element(id) as HTMLTemplateElement;
  return content.firstElementChild!.cloneNode(true) as HTMLElement;
}

/** @param share 0…1; null before there is one. */
export function showBar(bar: HTMLElement, share: number | null, says: string): void {
  const now = Math.floor(100 * (share ?? 0));
  bar.setAttribute('aria-valuenow', String(now));
  bar.setAttribute('aria-valuetext', says);
  bar.querySelector<HTMLElement>('i')!.style.setProperty('--share', String(share ?? 0));
  const label = bar.nextElementSibling;
  if (label?.classList.contains('bar-text')) label.textContent = says;
}
