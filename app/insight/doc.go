// Package insight helps with what arrives by the thousand: it suggests the
// category of an order, finds orders that say the same, gathers orders into hot
// issues, and reads a reply before it leaves.
//
// It promises that the same input gives the same answer on every machine, that
// every answer can be explained (the words that decided, the addends of a
// heat, the rule that a reply breaks), that it learns from nothing but the
// office's own closed orders, and that it stays in memory: nothing that was
// learned is written anywhere. It suggests; a person decides.
//
// It is pure: it knows neither records, nor files, nor a page, and has no
// clock. Days are whole numbers, identities are the caller's.
//
// # The classifier
//
// Texts are folded (full width to half width, small letters, every number as
// 0) and cut into single characters and pairs; the first characters count
// twice, because orders begin with their matter. TF-IDF vectors of length one
// go into one squared-hinge linear machine for each class, solved in the dual
// with costs balanced by class, plus a small share of complement naive Bayes,
// which steadies rare classes. Probabilities come from a temperature that is
// fitted on rows held out.
//
// What was tried on a public sample of 495 residents' messages in seven
// classes (macro-F1, five folds, mean of four shuffles; text alone, title
// alone, both): this recipe 0.784, 0.806, 0.820; without the doubled beginning
// 0.776, 0.808, 0.815; with neither that nor naive Bayes 0.769, 0.804, 0.814,
// and then with logistic loss 0.750, 0.790, 0.799; triples besides (and a larger
// share of Bayes) 0.779, 0.782, 0.815 at more cost. The command, which shuffles
// once, gives 0.797, 0.824, 0.845 on the same three.
package insight
