"""Patients of a clinic, their courses of psychotherapy, and who may see and write them."""
