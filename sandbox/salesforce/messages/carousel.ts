import { choicesMessage, imageAsset, linkItem, optionItem, titleItem } from './items.js'

const boxes = [
  { title: '20 ft dry', price: 'from 90 EUR', url: 'https://harbor.example/20ft' },
  { title: '40 ft reefer', price: 'from 240 EUR', url: 'https://harbor.example/40ft' },
]

/** Cards with a picture, a choice and a link each. */
export const carousel = (filesUrl: string) => {
  const image = imageAsset(filesUrl, 'A container on the quay')
  return choicesMessage({
    formatType: 'Carousel',
    title: null,
    images: [image],
    items: boxes.map(({ title, price, url }) => ({
      titleItem: { ...titleItem(title, price), itemType: 'TitleImageItem', imageId: image.id },
      interactionItems: [optionItem(`Choose ${title}`), linkItem('Details', url)],
    })),
  })
}
