/**
 * The common corruptions of images: Hendrycks and Dietterich, "Benchmarking Neural Network
 * Robustness to Common Corruptions and Perturbations", ICLR 2019. Noise, blur, weather and digital
 * faults in five severities, each a function of the image, the severity and counted draws.
 *
 * <p>What each does and its numbers for every severity are those of the paper's published programs
 * (github.com/hendrycks/robustness: make_cifar_c, make_tinyimagenet_c, make_imagenet_c); none of
 * their code is here. Where this differs, the class says so. One more corruption: a class with its
 * entry, the entry in {@link org.sparkmto.preprocessing.corruption.Corruptions}, a test.
 */
package org.sparkmto.preprocessing.corruption;
