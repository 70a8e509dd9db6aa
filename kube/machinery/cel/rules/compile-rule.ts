/** One rule of a schema's node (apiextensions `pkg/apiserver/schema/cel/compilation.go`). */
import type { Environment } from '../check/names.ts';
import { BOOL, optionalOf, STRING, type Type } from '../check/type.ts';
import { checkExpression, type Program, program } from '../compile.ts';
import { estimateCost, type SizeOf } from '../cost/estimate.ts';
import { PlanError } from '../eval/plan.ts';
import { FUNCTIONS } from '../library/index.ts';
import { unescapeName } from '../schema/escaping.ts';
import { type DeclType, declType, type Rule, type SchemaProps } from '../schema/schema.ts';
import { walk } from '../syntax/ast.ts';
import { fieldPath } from './field-path.ts';

export interface CompiledRule {
  rule: Rule;
  program?: Program;
  /** Why the rule cannot be evaluated. */
  error?: string;
  usesOldSelf: boolean;
  maxCost: number;
  message?: Program;
  messageError?: string;
  messageMaxCost: number;
  /** Of the field that an error is reported for, beneath the node. */
  path?: string | undefined;
}

/** The types that rules of a node are compiled against. */
export interface NodeTypes {
  decl: DeclType;
  /** With oldSelf of the node's type, and as an optional. */
  environment: Environment;
  optionalEnvironment: Environment;
  sizeOf: SizeOf;
}

const SELF_TYPE = 'selfType';

/** undefined where expressions do not see the node. */
export function nodeTypes(schema: SchemaProps, root: boolean): NodeTypes | undefined {
  const decl = declType(schema, SELF_TYPE, root);
  if (!decl) return undefined;
  const objects = new Map<string, ReadonlyMap<string, Type>>();
  collect(decl, objects);
  const environment = (oldSelf: Type): Environment => ({
    functions: FUNCTIONS,
    variables: new Map([
      ['self', decl.type],
      ['oldSelf', oldSelf],
    ]),
    fieldsOf: (type) => objects.get(type),
  });
  return {
    decl,
    environment: environment(decl.type),
    optionalEnvironment: environment(optionalOf(decl.type)),
    sizeOf: (path) => sizeAt(decl, path),
  };
}

function collect({ type, fields, element }: DeclType, objects: Map<string, ReadonlyMap<string, Type>>): void {
  if (fields) {
    const types = new Map([...fields].map(([name, field]) => [name, field.type]));
    // A keyword may also be written as it is: `self.namespace`, beside `self.__namespace__`.
    for (const [name, field] of fields) {
      const plain = unescapeName(name);
      if (plain !== undefined && name === `__${plain}__` && !types.has(plain)) types.set(plain, field.type);
    }
    objects.set(type.name, types);
    for (const field of fields.values()) collect(field, objects);
  }
  if (element) collect(element, objects);
}

function sizeAt(root: DeclType, [, ...steps]: readonly string[]): { min: number; max: number } | undefined {
  let node: DeclType | undefined = root;
  for (const step of steps) {
    if (step === '@items' || step === '@values') node = node.element;
    else node = step === '@keys' ? node.key : node.fields?.get(step);
    if (!node) return undefined;
  }
  return { min: 0, max: node.maxElements };
}

export function compileRule(schema: SchemaProps, rule: Rule, types: NodeTypes): CompiledRule {
  const compiled: CompiledRule = { rule, usesOldSelf: false, maxCost: 0, messageMaxCost: 0 };
  if (rule.rule.trim() === '') return compiled;
  const environment = rule.optionalOldSelf ? types.optionalEnvironment : types.environment;
  const checked = checkExpression(rule.rule, environment);
  if ('issues' in checked) return { ...compiled, error: `compilation failed: ${checked.issues}` };
  if (!isExactly(checked.type, BOOL)) return { ...compiled, error: 'cel expression must evaluate to a bool' };
  walk(checked.expr, (node) => {
    if (node.kind === 'ident' && node.name === 'oldSelf') compiled.usesOldSelf = true;
  });
  try {
    compiled.program = program(checked, environment);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { ...compiled, error: `program instantiation failed: ${error.message}` };
  }
  compiled.maxCost = estimateCost(checked.expr, types.sizeOf).max;
  if (rule.messageExpression) {
    Object.assign(compiled, compileMessage(rule.messageExpression, environment, types.sizeOf));
    if (compiled.messageError) return compiled;
  }
  if (rule.fieldPath) compiled.path = fieldPath(rule.fieldPath, schema);
  return compiled;
}

function compileMessage(source: string, environment: Environment, sizeOf: SizeOf): Partial<CompiledRule> {
  const checked = checkExpression(source, environment);
  if ('issues' in checked) return { messageError: `messageExpression compilation failed: ${checked.issues}` };
  if (!isExactly(checked.type, STRING)) return { messageError: 'messageExpression must evaluate to a string' };
  try {
    const message = program(checked, environment);
    return { message, messageMaxCost: estimateCost(checked.expr, sizeOf).max };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { messageError: `messageExpression instantiation failed: ${error.message}` };
  }
}

/** No wrapper of it, which policies take. */
function isExactly({ kind, wrapper }: Type, wanted: Type): boolean {
  return kind === wanted.kind && !wrapper;
}
