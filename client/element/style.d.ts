/** Holds a style sheet with all its imports as text, minified by the build. */
declare module '*.css?inline' {
  const text: string
  export default text
}
