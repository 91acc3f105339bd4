"""The makers of the demo company's world, one per room; ``newel.demo.world`` puts them together."""
