import { entryPoints } from '../scripts/packages/entry-points.js';

const entries = entryPoints();

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
