import { createElement, Fragment, type ReactNode, useMemo } from 'react'
import { Linkified } from './bubble.js'
import { Link } from './link.js'
import { type Block, readMarkdown } from './markdown-blocks.js'
import { type Definitions, type Inline, readInline } from './markdown-inline.js'

/** Makes a node of each item. Their order never changes, so that they need no keys. */
function nodesOf<T>(items: readonly T[], toNode: (item: T) => ReactNode): ReactNode {
  return createElement(Fragment, null, ...items.map(toNode))
}

function inlineNode(inline: Inline, isInLink: boolean): ReactNode {
  if (typeof inline === 'string') return isInLink ? inline : <Linkified text={inline} />
  switch (inline.kind) {
    case 'code':
      return <code>{inline.text}</code>
    case 'link':
      return <Link url={inline.url}>{inlineNodes(inline.children, true)}</Link>
    case 'em':
      return <em>{inlineNodes(inline.children, isInLink)}</em>
    case 'strong':
      return <strong>{inlineNodes(inline.children, isInLink)}</strong>
  }
}

function inlineNodes(inlines: readonly Inline[], isInLink = false): ReactNode {
  return nodesOf(inlines, (inline) => inlineNode(inline, isInLink))
}

type WordsProps = { text: string; definitions: Definitions }

/** Shows a text with inline marks. */
function Words({ text, definitions }: WordsProps) {
  return inlineNodes(readInline(text, definitions))
}

type Props<Kind extends Block['kind']> = {
  block: Extract<Block, { kind: Kind }>
  definitions: Definitions
}

/** Shows an item of a list; one of a single paragraph shows its words alone. */
function Item({ blocks, definitions }: { blocks: Block[]; definitions: Definitions }) {
  const [first, ...rest] = blocks
  if (first?.kind !== 'paragraph') return blocksOf(blocks, definitions)
  return (
    <>
      <Words text={first.text} definitions={definitions} />
      {blocksOf(rest, definitions)}
    </>
  )
}

function List({ block: { start, items }, definitions }: Props<'list'>) {
  const children = nodesOf(items, (blocks) => (
    <li>
      <Item blocks={blocks} definitions={definitions} />
    </li>
  ))
  if (start === undefined) return <ul dir="auto">{children}</ul>
  return (
    <ol dir="auto" start={start}>
      {children}
    </ol>
  )
}

function Table({ block: { rows }, definitions }: Props<'table'>) {
  const [head = [], ...body] = rows
  const words = (text: string) => <Words text={text} definitions={definitions} />
  const heads = nodesOf(head, (text) => (text ? <th scope="col">{words(text)}</th> : <td />))
  const lines = nodesOf(body, (row) => (
    <tr>
      {nodesOf(row, (text) => (
        <td>{words(text)}</td>
      ))}
    </tr>
  ))
  return (
    <table dir="auto">
      <thead>
        <tr>{heads}</tr>
      </thead>
      {body.length > 0 && <tbody>{lines}</tbody>}
    </table>
  )
}

function BlockOf({ block, definitions }: Props<Block['kind']>) {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      // A heading of a message is none of the page's: it only looks like one.
      return (
        <p dir="auto" className={block.kind === 'heading' ? 'miaw-markdown-heading' : undefined}>
          <Words text={block.text} definitions={definitions} />
        </p>
      )
    case 'code':
      return (
        <pre dir="ltr">
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return <blockquote dir="auto">{blocksOf(block.blocks, definitions)}</blockquote>
    case 'list':
      return <List block={block} definitions={definitions} />
    case 'table':
      return <Table block={block} definitions={definitions} />
    case 'rule':
      return <hr />
  }
}

function blocksOf(blocks: readonly Block[], definitions: Definitions): ReactNode {
  return nodesOf(blocks, (block) => <BlockOf block={block} definitions={definitions} />)
}

/** Shows a Markdown text in a bubble, as elements; its addresses are checked like all others. */
export function Markdown({ text }: { text: string }) {
  const { blocks, definitions } = useMemo(() => readMarkdown(text), [text])
  return <div className="miaw-bubble miaw-markdown">{blocksOf(blocks, definitions)}</div>
}
