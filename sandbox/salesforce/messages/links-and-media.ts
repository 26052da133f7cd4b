import { imageAsset, linkItem, staticMessage } from './items.js'

/** Composes a link with a preview picture. */
export const richLink = (filesUrl: string) =>
  staticMessage({
    formatType: 'RichLink',
    image: imageAsset(filesUrl, 'The harbour from above'),
    linkItem: linkItem('Harbor map', 'https://harbor.example/map'),
  })

/** Composes a bare link; the schema takes exactly one. */
export const links = () =>
  staticMessage({ formatType: 'Links', links: [{ url: 'https://harbor.example/tides' }] })

/** Composes a page that the client shows inside the chat. */
export const webView = () =>
  staticMessage({
    formatType: 'WebView',
    url: 'https://harbor.example/live',
    displayType: 'AutoOverlay',
    title: { itemType: 'TitleItem', title: 'Live view of the quay' },
    parameters: [{ name: 'berth', value: { valueType: 'TextValue', textValue: '4' } }],
  })

/** Composes a picture with a link. */
export const media = (filesUrl: string) =>
  staticMessage({
    formatType: 'Media',
    mediaAsset: imageAsset(filesUrl, 'Your container'),
    linkItems: [linkItem('Open the gallery', 'https://harbor.example/gallery')],
  })
