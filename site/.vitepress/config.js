import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { repositoryLinks } from '../links.js';
import { readSections } from '../navigation.js';
import { addressOf, placeOf } from '../places.js';
import { llms, publishTexts } from '../texts.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TITLE = 'putlogs';

/** The pages are not in the folder of this package, so they do not find what VitePress has installed. */
const vueOfVitePress = {
  name: 'vue-of-vitepress',
  enforce: 'pre',
  resolveId(id) {
    if (!/^vue(?:\/|$)/.test(id)) return undefined;
    return this.resolve(id, fileURLToPath(import.meta.resolve('vitepress')), { skipSelf: true });
  },
};

const sections = readSections(ROOT);
/** While the pages are written: a build has it as a file. */
const llmsInDevelopment = {
  name: 'llms-in-development',
  configureServer({ middlewares }) {
    middlewares.use('/llms.txt', (_request, response) => {
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.end(llms(ROOT, sections));
    });
  },
};

/** Files that pages link to, and that are no pages. */
const linked = new Set();

export default defineConfig({
  title: TITLE,
  description: 'Pino and Winston transports for Amazon CloudWatch Logs',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: ROOT,
  // TypeDoc's pages stand in for the reports of the same entry points.
  srcExclude: ['api/**', 'site/reference/README.md'],
  rewrites: placeOf,
  markdown: {
    // Braces are placeholders here: {service}.
    attrs: { disable: true },
    // As GitHub names headings, so that links to them work in both places.
    anchor: { slugify: (title) => slug(title) },
    config: (md) => md.use(repositoryLinks, ROOT, linked),
  },
  themeConfig: {
    nav: sections.map(({ title, entries }) => ({
      text: title,
      link: addressOf(ROOT, '', entries[0].file),
      activeMatch: activeMatch(entries),
    })),
    sidebar: sections.map(({ title, entries }) => ({
      text: title,
      collapsed: true,
      items: entries.map(({ text, file }) => ({ text, link: addressOf(ROOT, '', file) })),
    })),
    outline: [2, 3],
    search: { provider: 'local' },
  },
  vite: {
    plugins: [vueOfVitePress, llmsInDevelopment],
  },
  buildEnd: ({ outDir }) => publishTexts(ROOT, outDir, sections, linked),
});

/** Matches the addresses of the section that the page belongs to. */
function activeMatch(entries) {
  const addresses = entries.map(({ file }) =>
    addressOf(ROOT, '', file).replace(/\.md$/, '').replaceAll('.', '\\.'),
  );
  return `^(?:${addresses.join('|')})(?:\\.html)?$`;
}
