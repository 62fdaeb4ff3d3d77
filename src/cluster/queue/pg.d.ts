// What is used of pg, whose types are a package of their own that whoever does without PostgreSQL would install for nothing.
declare module 'pg' {
  const driver: { readonly Pool: new (options: object) => unknown };
  export default driver;
}
