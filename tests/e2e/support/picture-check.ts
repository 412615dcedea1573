/**
 * What no picture of the app may show, asked of the page itself: scrolling sideways, cut-off text, and values or keys that
 * were meant for programs. Runs inside the page, so it uses nothing from outside its own function.
 */
export function findUgliness(): string[] {
  const found = new Set<string>();
  const page = document.scrollingElement ?? document.documentElement;
  if (page.scrollWidth > page.clientWidth + 1) {
    found.add(`the page scrolls sideways: ${page.scrollWidth} px in ${page.clientWidth} px`);
  }

  /** Words for programs. Variables of a message (contact.firstName, unsubscribeUrl) are meant to be read as they are. */
  const nothings = /\bNaN\b|\bundefined\b|\bnull\b|\[object Object\]|Invalid Date|\bInfinity\b/;
  const keys = /(?<![.\w/@-])(?!unsubscribeUrl\b|macOS\b)[a-z]{2,}[a-z0-9]*[A-Z][A-Za-z]+\b(?![./@])/;
  const tellable = (text: string, what: string) => {
    const nothing = nothings.exec(text);
    if (nothing) found.add(`${what} shows “${nothing[0]}”: ${text.trim().slice(0, 80)}`);
    const key = keys.exec(text);
    if (key) found.add(`${what} shows the key “${key[0]}”: ${text.trim().slice(0, 80)}`);
  };

  const scrolls = (style: CSSStyleDeclaration, axis: 'X' | 'Y') =>
    /auto|scroll/.test(axis === 'X' ? style.overflowX : style.overflowY);
  const hides = (style: CSSStyleDeclaration, axis: 'X' | 'Y') =>
    /hidden|clip/.test(axis === 'X' ? style.overflowX : style.overflowY);

  /** Whether an ancestor cuts off part of the text without saying so by an ellipsis. */
  const isCut = (element: Element, box: DOMRect): string | null => {
    let scrollsX = false;
    let scrollsY = false;
    let ellipsis = false;
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const frame = at.getBoundingClientRect();
      // Meant for screen readers only.
      if (frame.width <= 1 || frame.height <= 1 || style.clipPath !== 'none') return null;
      if (style.textOverflow === 'ellipsis' || Number(style.webkitLineClamp) > 0) ellipsis = true;
      scrollsX ||= scrolls(style, 'X');
      scrollsY ||= scrolls(style, 'Y');
      const across = box.right > frame.right + 1.5 || box.left < frame.left - 1.5;
      const down = box.bottom > frame.bottom + 2 && box.top < frame.bottom - 2;
      if (hides(style, 'X') && across && !scrollsX && !ellipsis) return 'cut at the side';
      if (hides(style, 'Y') && down && !scrollsY && !ellipsis) return 'cut at the bottom';
      if (style.position === 'fixed') break;
    }
    if (!scrollsX && !ellipsis && (box.right > innerWidth + 1 || box.left < -1)) return 'outside of the window';
    return null;
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent ?? '';
    if (!element || text.trim() === '' || element.closest('script, style, svg, .cm-editor')) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    tellable(text, 'a text');
    const cut = isCut(element, box);
    if (cut) found.add(`text is ${cut}: “${text.trim().slice(0, 60)}”`);
    // Text that leaves its own box runs into its neighbour.
    const style = getComputedStyle(element);
    const frame = element.getBoundingClientRect();
    if (style.display !== 'inline' && style.overflowX === 'visible' && box.right > frame.right + 2 && frame.width > 1) {
      found.add(`text leaves its box: “${text.trim().slice(0, 60)}”`);
    }
  }
  for (const element of document.querySelectorAll('[aria-label], [title], input:not([type="hidden"]), textarea')) {
    if (element.closest('.cm-editor')) continue;
    tellable(element.getAttribute('aria-label') ?? '', 'a name');
    tellable(element.getAttribute('title') ?? '', 'a tooltip');
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
      // Markers stand in for variables in what people write themselves.
      tellable(element.value.replaceAll(/\{\{.*?\}\}/g, ''), 'a field');
    }
  }
  return [...found];
}
