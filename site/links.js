import { relative } from 'node:path';
import { addressOf } from './places.js';

/**
 * For markdown-it: makes the links between files of the repository links between pages of the site.
 * @param {string} root the folder of the repository
 * @param {Set<string>} linked gets the files that are linked and are no pages
 */
export function repositoryLinks(md, root, linked) {
  md.core.ruler.push('repository_links', ({ tokens, env }) => {
    // Of a title alone nobody says whose it is, and it has no links.
    if (env.path === undefined) return;
    const page = relative(root, env.realPath ?? env.path);
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    for (const link of links) {
      const href = link.attrGet('href');
      if (/^(?:[a-z]+:|#|\/)/.test(href)) continue;
      const address = addressOf(root, page, href);
      link.attrSet('href', address);
      if (/(?:\/|\.md)(?:#|$)/.test(address)) continue;
      // So VitePress takes it for what it is, and not for a page.
      link.attrSet('target', '_self');
      linked.add(address);
    }
  });
}
