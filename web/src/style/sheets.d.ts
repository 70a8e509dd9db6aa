/** `import './editor.css'`: the sheet comes with the code that imports it (`scripts/build/web.ts`). */
declare module '*.css';
