"""Attendance sheets as offices make them: three workbook layouts, a text PDF, a photo, and files that are no sheets."""
