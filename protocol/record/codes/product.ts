/** For whom a product is made: Delegated Regulation (EU) 2024/3173, Annex I, 2.2. */
export const PRODUCT_USERS = ["consumer", "professional"] as const;

/** Whether a product passes itself off as another's; `unknown` where the notifier says that it does not know. */
export const COUNTERFEIT = ["yes", "no", "unknown"] as const;

/** Product categories of the Safety Gate portal, as its export names them. */
export const PRODUCT_CATEGORIES = [
  "chemical-products",
  "childcare-articles",
  "clothing-textiles-fashion",
  "communication-and-media-equipment",
  "construction-products",
  "cosmetics",
  "decorative-articles",
  "electrical-appliances",
  "explosive-atmospheres-equipment",
  "food-imitating-products",
  "furniture",
  "gadgets",
  "gas-appliances",
  "hand-tools",
  "hobby-sports-equipment",
  "jewellery",
  "kitchen-cooking-accessories",
  "laser-pointers",
  "lighters",
  "lighting-chains",
  "lighting-equipment",
  "machinery",
  "measuring-instruments",
  "motor-vehicles",
  "other",
  "pressure-equipment",
  "protective-equipment",
  "pyrotechnic-articles",
  "recreational-craft",
  "stationery",
  "toys",
] as const;
