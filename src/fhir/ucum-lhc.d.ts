declare module '@lhncbc/ucum-lhc' {
  const ucum: { readonly UcumLhcUtils: { readonly getInstance: () => unknown } };
  export default ucum;
}
