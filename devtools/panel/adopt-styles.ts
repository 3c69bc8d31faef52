/**
 * Puts styles into a shadow root; the answer takes them out again. Adopted sheets need no permission of a page's policy.
 *
 * @param nonce for the style tag of browsers that cannot adopt.
 */
export function adoptStyles(root: ShadowRoot, styles: string, nonce: string | undefined): () => void {
  if ('adoptedStyleSheets' in root) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  }
  const style = document.createElement('style');
  if (nonce !== undefined) style.nonce = nonce;
  style.textContent = styles;
  (root satisfies ShadowRoot as ShadowRoot).append(style);
  return () => style.remove();
}
