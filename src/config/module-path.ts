/** Whether a name in lb.yaml is the path of a module; relative ones start at the folder of lb.yaml. */
export function isModulePath(name: string): boolean {
  return /^\.{0,2}\/\P{Cc}+\.m?[jt]s$/u.test(name);
}
