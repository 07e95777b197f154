/**
 * Where package-lock.json says where a package was fetched from. It must not: addresses bind every
 * checkout to one person's registry. `.npmrc` keeps npm from writing them.
 *
 * @param {string} text of package-lock.json
 * @returns {string[]} the packages that have an address
 */
export function packagesWithAddress(text) {
  const { packages } = JSON.parse(text);
  return Object.keys(packages).filter((name) => /^[a-z+]+:\/\//.test(packages[name].resolved ?? ''));
}
