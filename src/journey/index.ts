/** carryover/journey: what a visit was like, observed only while the shopper allows it. */
export { type Journey, type JourneyOptions, type JourneyShop, startJourney } from "./journey.js";
