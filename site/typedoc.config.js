import { readFileSync } from 'node:fs';

const PACKAGES = ['pino', 'winston', 'core', 'local'];

/** Entry points for our own packages and tests alone. */
const NOT_PUBLIC = ['./internal', './worker'];

/** The declarations of each entry point, and the name by which it is imported. */
const entries = PACKAGES.flatMap((folder) => {
  const { name, exports } = JSON.parse(
    readFileSync(new URL(`../packages/${folder}/package.json`, import.meta.url)),
  );
  return Object.entries(exports)
    .filter(([path]) => !NOT_PUBLIC.includes(path))
    .map(([path, { types }]) => ({ folder, name: `${name}${path.slice(1)}`, types: types.slice(2) }));
});

/** TypeDoc would name an entry point by the path of its file. */
function nameModules({ converter }) {
  converter.on('resolveBegin', ({ project }) => {
    for (const module of project.children) {
      const { packageName, packagePath } = project.getSymbolIdFromReflection(module);
      const entry = entries.find(({ name, types }) => name.startsWith(packageName) && types === packagePath);
      module.name = entry.name;
    }
  });
}

export default {
  plugin: ['typedoc-plugin-markdown', nameModules],
  entryPoints: entries.map(({ folder, types }) => `../packages/${folder}/${types}`),
  tsconfig: 'tsconfig.json',
  out: 'reference',
  router: 'module',
  readme: 'none',
  logLevel: 'Error',
  excludeExternals: true,
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  enumMembersFormat: 'table',
  typeDeclarationFormat: 'table',
};
